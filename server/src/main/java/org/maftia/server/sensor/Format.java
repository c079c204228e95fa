package org.maftia.server.sensor;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a record can look like. */
public enum Format {
    EVE("eve", "Suricata EVE"),
    FAST("fast", "fast.log"),
    SNORT("snort", "Snort 3 alert_json"),
    ZEEK("zeek", "Zeek"),
    WAZUH("wazuh", "Wazuh alerts.json"),
    IDMEF("idmef", "IDMEF XML"),
    JOURNALD("journald", "journald JSON"),
    SSHD("sshd", "sshd syslog"),
    AIT("ait", "AIT-ADS CSV"),
    CPTC("cptc", "Splunk export of EVE");

    private final String id;
    private final String title;

    Format(String id, String title) {
        this.id = id;
        this.title = title;
    }

    /** Its name on the command line. */
    public String id() {
        return id;
    }

    /** Its name for people. */
    public String title() {
        return title;
    }

    /** Whether its records can be JSON objects, and so spread over lines. */
    boolean isJson() {
        return switch (this) {
            case EVE, SNORT, ZEEK, WAZUH, JOURNALD, CPTC -> true;
            case FAST, IDMEF, SSHD, AIT -> false;
        };
    }

    /** A parser of single records; all but IDMEF have one. */
    RecordParser parser(ParserSetting setting) {
        return switch (this) {
            case EVE -> new EveParser(setting);
            case FAST -> new FastLogParser(setting);
            case SNORT -> new SnortParser(setting);
            case ZEEK -> new ZeekParser(setting);
            case WAZUH -> new WazuhParser(setting);
            case IDMEF -> throw new IllegalStateException("an XML document is not a list of records");
            case JOURNALD -> new JournaldParser(setting);
            case SSHD -> new SyslogParser(setting);
            case AIT -> new AitParser(setting);
            case CPTC -> new SplunkParser(setting);
        };
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
