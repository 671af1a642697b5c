package org.example.settle;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The rates in the CSV files of a folder. */
final class Rates {
    private final Path folder;

    Rates(Path folder) {
        this.folder = folder;
    }

    long count(String region) throws IOException {
        long count = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.csv")) {
            for (Path file : files) {
                try (Stream<String> lines = Files.lines(file)) {
                    count += lines.filter(line -> line.endsWith("," + region)).count();
                }
            }
        }
        return count;
    }
}
