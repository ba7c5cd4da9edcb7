"""What the force itself did: patrols, escorts, checkpoints, fire; with exposure, warnings and uses of weapons.

Acts: operations staff record or load a unit's log; the cell searches which operations could have met an incident.
Never: plans an operation, points at anybody, or shows where a unit will be. "No operation found" names the logs that were
searched and those that are missing.
"""
