"""An invented mission, drawn from a seed: a country that does not exist, three years of reports, the people of a cell.

Everybody and everything here is made up. It fills a node through the same actions that people use, so that what the demo
shows is what the product does.
"""
