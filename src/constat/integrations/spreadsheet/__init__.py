import os

# The Word writer brings lxml along, and openpyxl would then read with it instead of defusedxml. Set before openpyxl is
# first imported; `reading` refuses to start if it came too late.
os.environ["OPENPYXL_LXML"] = "False"
