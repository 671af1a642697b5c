"""Compiles its formula to machine code when it starts."""
import ctypes
import subprocess
import tempfile


def compiled(formula: str):
    source = tempfile.NamedTemporaryFile("w", suffix=".c")
    source.write(f"double f(double x) {{ return {formula}; }}")
    source.flush()
    library = source.name[:-2] + ".so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source.name], check=True)
    found = ctypes.CDLL(library).f
    found.restype, found.argtypes = ctypes.c_double, [ctypes.c_double]
    return found


print(compiled("x * x + 1")(3.0))
