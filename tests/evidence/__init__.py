"""Evidence with the cases it hangs on: evidence itself comes earlier and knows no incident."""
