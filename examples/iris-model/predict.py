import sys

import joblib
import numpy

print(joblib.load("/app/model.joblib").predict(numpy.array([[float(word) for word in sys.argv[1:]]]))[0])
