predict 1.5 0.3
predict 5.8 2.2
stat -c '%a' model.joblib
