python -m changes
