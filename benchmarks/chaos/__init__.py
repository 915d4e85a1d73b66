"""Two bots on one database, in bad weather: what must still hold, and how often everything happened."""
