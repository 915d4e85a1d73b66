"""What `python -m bot` can do, a file for each family of commands; each gives the exit code."""
