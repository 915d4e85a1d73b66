"""One incident for each thing that is broken, from the first failure to the recovery."""
