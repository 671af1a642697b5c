java -cp classes Main
