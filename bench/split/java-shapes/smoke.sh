java -jar shapes.jar
