package org.maftia.server.configuration;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.maftia.services.detection.Address;
import org.maftia.services.detection.Alarm;
import org.maftia.services.detection.filter.Gates;

/**
 * What no filter of a site may hide:
 *
 * {@snippet lang="toml" :
 * [gates]
 * canaries = ["suricata:1:2019284"]   # types of known attacks; with none, no filter passes
 * severity = 4                        # and above: 4 is high
 * techniques = ["T1003", "T1110.001"]
 * [own]
 * addresses = ["10.0.0.1"]            # of our replicas
 * hosts = ["r1"]
 * }
 */
public final class GatesFile {
    private GatesFile() {}

    /** Reads the file; where there is none, gates that nothing passes. */
    public static Gates read(Path file) throws ConfigurationException {
        if (!Files.exists(file)) {
            return new Gates(new TreeSet<>(), Gates.SEVERITY_DENIED, new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
        }
        Section root = TomlFile.read(file);
        Section gates = root.section("gates");
        SortedSet<String> canaries = new TreeSet<>(gates.texts("canaries"));
        int severity = gates.integer("severity", Gates.SEVERITY_DENIED, 1, Alarm.SEVERITY_MAX);
        SortedSet<String> techniques = new TreeSet<>(gates.texts("techniques"));
        gates.finish();
        Section own = root.section("own");
        SortedSet<Address> addresses = new TreeSet<>();
        for (String text : own.texts("addresses")) {
            Optional<Address> address = Address.parse(text);
            if (address.isEmpty()) {
                throw own.error("addresses", "has '" + text + "', which is no address", "write 192.0.2.1");
            }
            addresses.add(address.get());
        }
        SortedSet<String> hosts = new TreeSet<>(own.texts("hosts"));
        own.finish();
        root.finish();
        return new Gates(canaries, severity, techniques, addresses, hosts);
    }
}
