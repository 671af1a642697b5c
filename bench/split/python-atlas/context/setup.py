from setuptools import Extension, setup

setup(
    ext_modules=[
        Extension("atlas._xml", ["src/atlas/_xml.c"], include_dirs=["/usr/include/libxml2"], libraries=["xml2"])
    ]
)
