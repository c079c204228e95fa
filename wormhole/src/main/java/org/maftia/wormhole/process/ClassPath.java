package org.maftia.wormhole.process;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** Loads every class of this module at once: later there is no call left that could open a file. */
final class ClassPath {
    private static final String PACKAGE = "org/maftia/wormhole/";

    private ClassPath() {}

    static void loadAll() throws IOException {
        try {
            Path place = place();
            for (String file : Files.isDirectory(place) ? ofDirectory(place) : ofArchive(place)) {
                // Simulation and cards are no part of the process; package-info needs annotations that are not there.
                if (file.startsWith(PACKAGE)
                        && file.endsWith(".class")
                        && !file.startsWith(PACKAGE + "sim/")
                        && !file.startsWith(PACKAGE + "card/")
                        && !file.endsWith("package-info.class")) {
                    Class.forName(
                            file.substring(0, file.length() - ".class".length()).replace('/', '.'));
                }
            }
        } catch (ClassNotFoundException e) {
            throw new IOException("the classes of the component cannot be loaded", e);
        }
    }

    /** The archive or the directory of this module. */
    static Path place() throws IOException {
        try {
            return Path.of(ClassPath.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IOException("the classes of the component cannot be found", e);
        }
    }

    private static List<String> ofDirectory(Path place) throws IOException {
        try (Stream<Path> files = Files.walk(place)) {
            return files.map(file -> place.relativize(file).toString()).toList();
        }
    }

    private static List<String> ofArchive(Path place) throws IOException {
        try (JarFile archive = new JarFile(place.toFile())) {
            return archive.stream().map(entry -> entry.getName()).toList();
        }
    }
}
