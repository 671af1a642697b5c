#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <libxml/parser.h>

static PyObject *names(PyObject *self, PyObject *arguments)
{
    const char *path;
    if (!PyArg_ParseTuple(arguments, "s", &path))
        return NULL;
    xmlDocPtr document = xmlReadFile(path, NULL, 0);
    if (!document)
        return PyErr_Format(PyExc_OSError, "cannot read %s", path);
    PyObject *found = PyList_New(0);
    for (xmlNodePtr node = xmlDocGetRootElement(document)->children; node; node = node->next) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        xmlChar *name = xmlGetProp(node, (const xmlChar *)"name");
        PyObject *text = PyUnicode_FromString(name ? (const char *)name : "");
        PyList_Append(found, text);
        Py_DECREF(text);
        xmlFree(name);
    }
    xmlFreeDoc(document);
    return found;
}

static PyMethodDef methods[] = {{"names", names, METH_VARARGS, "The names in a file."}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_xml", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__xml(void) { return PyModule_Create(&module); }
