"""The small builders that fixes are made of."""
