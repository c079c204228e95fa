package org.maftia.server.configuration;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.maftia.services.detection.Attribute;
import org.maftia.services.detection.Hierarchies;
import org.maftia.services.detection.Prefix;

/**
 * What a site knows of itself, for alarms to be grouped by:
 *
 * {@snippet lang="toml" :
 * [site]
 * attributes = ["type", "src", "dst", "dstPort", "host", "hour"]
 * internal = ["203.0.113.0/24"]     # besides the private networks
 * suffixes = ["mail", "share"]      # host jones_mail has the role mail
 * offset = 60                       # minutes that its clocks are ahead of UTC
 * [roles]
 * ns1 = "dns"
 * }
 */
public final class InventoryFile {
    private static final int OFFSET_MINUTES_MAX = 18 * 60;

    private InventoryFile() {}

    /** Reads the file. */
    public static Hierarchies read(Path file) throws ConfigurationException {
        Section root = TomlFile.read(file);
        Section site = root.section("site");
        List<Attribute> attributes = attributes(site);
        List<Prefix> internal = new ArrayList<>();
        for (String text : site.texts("internal")) {
            Optional<Prefix> prefix = Prefix.parse(text);
            if (prefix.isEmpty()) {
                throw site.error("internal", "has '" + text + "', which is no network", "write 203.0.113.0/24");
            }
            internal.add(prefix.get());
        }
        List<String> suffixes = site.texts("suffixes");
        int offset = site.integer("offset", 0, -OFFSET_MINUTES_MAX, OFFSET_MINUTES_MAX);
        site.finish();
        SortedMap<String, String> roles = root.texts("roles", "[roles] and below it  ns1 = \"dns\"");
        root.finish();
        try {
            return new Hierarchies(attributes, internal, roles, suffixes, offset);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(file + ": " + e.getMessage(), "'maftia detect mine --help' shows one");
        }
    }

    private static List<Attribute> attributes(Section site) throws ConfigurationException {
        List<String> names = site.texts("attributes");
        if (names.isEmpty()) {
            return List.of(Attribute.values());
        }
        List<Attribute> attributes = new ArrayList<>();
        for (Attribute attribute : Attribute.values()) {
            if (names.contains(attribute.text())) {
                attributes.add(attribute);
            }
        }
        if (attributes.size() != names.size() || !attributes.contains(Attribute.TYPE)) {
            throw site.error(
                    "attributes", "must be some of the known ones, with type", "type, src, dst, dstPort, host, hour");
        }
        return attributes;
    }
}
