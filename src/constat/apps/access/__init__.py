"""Who acts. The first step of every other step.

Holds the people of the cell and of the sections around it, their posts and roles, the compartments they were admitted
to, the vault where identities live apart from cases, and the log in which every act leaves one event.

Acts: the person who manages access (never the system administrator alone).
Never: gives standing power to anybody, tells an outsider that a record exists, or changes a written event.
"""
