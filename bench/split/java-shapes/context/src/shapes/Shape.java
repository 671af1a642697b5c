package shapes;

public interface Shape {
    String name();

    double area(double size);
}
