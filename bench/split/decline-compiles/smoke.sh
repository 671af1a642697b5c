python kernel.py
