package shapes;

import java.util.ServiceLoader;

/** Prints the area of every shape that is installed. */
public final class Main {
    public static void main(String[] arguments) {
        ServiceLoader.load(Shape.class).stream()
            .map(ServiceLoader.Provider::get)
            .map(shape -> shape.name() + " " + shape.area(2))
            .sorted()
            .forEach(System.out::println);
    }
}
