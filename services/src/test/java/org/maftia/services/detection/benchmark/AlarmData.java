package org.maftia.services.detection.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Assumptions;
import org.maftia.services.detection.Address;
import org.maftia.services.detection.Alarm;
import org.maftia.services.detection.Attribute;
import org.maftia.services.detection.Hierarchies;

/**
 * Alarm data for tests, which is no part of the project: the folder {@code shared/data/alarms} beside a folder above this
 * one, or what the property {@code maftia.alarms} names.
 */
final class AlarmData {
    /** What hosts of the labelled networks are grouped by. */
    static final Hierarchies AIT = new Hierarchies(
            List.of(Attribute.TYPE, Attribute.SRC, Attribute.HOST, Attribute.HOUR),
            List.of(),
            new TreeMap<>(),
            List.of("mail", "share", "server"),
            0);

    private AlarmData() {}

    /** The file, or the test is skipped. */
    static Path file(String name) {
        String stated = System.getProperty("maftia.alarms");
        Path here = Path.of("").toAbsolutePath();
        while (here != null) {
            Path folder = stated == null ? here.resolve("shared/data/alarms") : Path.of(stated);
            if (Files.exists(folder.resolve(name))) {
                return folder.resolve(name);
            }
            here = here.getParent();
        }
        Assumptions.abort("no alarm data here: " + name + " (-Dmaftia.alarms=FOLDER names it)");
        throw new IllegalStateException("aborted");
    }

    /** The four labelled networks, in the order of their names. */
    static List<LabelledNetwork> networks(int trainDays) throws IOException {
        List<LabelledNetwork> networks = new ArrayList<>();
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file("ait-ads/train-networks.zip")))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (entry.isDirectory()) {
                    continue;
                }
                String file = Path.of(entry.getName()).getFileName().toString();
                String name = file.substring(0, file.indexOf('_'));
                BufferedReader lines = new BufferedReader(new InputStreamReader(zip, StandardCharsets.UTF_8));
                networks.add(new LabelledNetwork(
                        name, AIT, lines.lines().skip(1).map(AlarmData::ait).toList(), trainDays));
            }
        }
        networks.sort((a, b) -> a.name().compareTo(b.name()));
        return networks;
    }

    private static Alarm ait(String line) {
        String[] columns = line.split(",", -1);
        return new Alarm.Builder()
                .time(new BigDecimal(columns[0]).movePointRight(6).longValue())
                .sensor("ait")
                .src(Address.parse(columns[2]).orElse(null))
                .host(columns[3])
                .type(columns[4])
                .label(columns[6])
                .build();
    }
}
