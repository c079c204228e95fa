package org.maftia.server.sensor;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a record can look like. */
public enum Format {
    EVE("eve", "Suricata EVE", EveParser::new),
    FAST("fast", "fast.log", FastLogParser::new),
    ZEEK("zeek", "Zeek JSON", ZeekParser::new),
    WAZUH("wazuh", "Wazuh alerts.json", WazuhParser::new),
    IDMEF("idmef", "IDMEF XML", null),
    JOURNALD("journald", "journald JSON", JournaldParser::new),
    SSHD("sshd", "sshd syslog", SyslogParser::new),
    AIT("ait", "AIT-ADS CSV", AitParser::new),
    CPTC("cptc", "Splunk export of EVE", SplunkParser::new);

    private final String id;
    private final String title;
    private final @Nullable Parsers parsers;

    private interface Parsers {
        RecordParser with(ParserSetting setting);
    }

    Format(String id, String title, @Nullable Parsers parsers) {
        this.id = id;
        this.title = title;
        this.parsers = parsers;
    }

    /** Its name on the command line. */
    public String id() {
        return id;
    }

    /** Its name for people. */
    public String title() {
        return title;
    }

    /** Whether its records are JSON objects. */
    boolean isJson() {
        return switch (this) {
            case EVE, ZEEK, WAZUH, JOURNALD, CPTC -> true;
            case FAST, IDMEF, SSHD, AIT -> false;
        };
    }

    /** A parser of single records; all but IDMEF have one. */
    RecordParser parser(ParserSetting setting) {
        if (parsers == null) {
            throw new IllegalStateException("an XML document is not a list of records");
        }
        return parsers.with(setting);
    }

    /** The format of this name. */
    public static Optional<Format> named(String id) {
        return Arrays.stream(values()).filter(format -> format.id.equals(id)).findFirst();
    }

    /** The names, for hints. */
    public static String names() {
        return Arrays.stream(values()).map(Format::id).collect(Collectors.joining(", "));
    }
}
