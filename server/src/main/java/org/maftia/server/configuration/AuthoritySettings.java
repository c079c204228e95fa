package org.maftia.server.configuration;

import java.util.List;

/**
 * {@code [authority]}.
 *
 * @param agreed what all replicas must have alike
 * @param validation how this replica looks at names
 */
public record AuthoritySettings(Agreed agreed, Validation validation) {
    private static final String NAME = "[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?";

    /**
     * What all replicas must have alike.
     *
     * @param lifeDays of a certificate of the usual profile
     * @param ordersPerHour of one account
     * @param credentialsRequired whether an account needs a credential of an officer
     * @param hostile whether clients are tried as hard as the standard allows
     * @param permitted host names under which names may be certified; empty: under all
     * @param excluded host names under which none is certified
     * @param bases where clients reach the gateways over HTTPS; empty: at the addresses of the replicas
     * @param plainBases where revocation lists are, over HTTP; empty: at the addresses of the first replicas
     * @param caaNames by which CAA records may name this authority; empty: the hosts of the bases
     */
    public record Agreed(
            int lifeDays,
            int ordersPerHour,
            boolean credentialsRequired,
            boolean hostile,
            List<String> permitted,
            List<String> excluded,
            List<String> bases,
            List<String> plainBases,
            List<String> caaNames) {
        public Agreed {
            permitted = List.copyOf(permitted);
            excluded = List.copyOf(excluded);
            bases = List.copyOf(bases);
            plainBases = List.copyOf(plainBases);
            caaNames = List.copyOf(caaNames);
        }
    }

    /**
     * {@code [authority.validation]}.
     *
     * @param httpPort where http-01 is looked for first
     * @param tlsAlpnPort where tls-alpn-01 is looked for
     * @param resolver {@link #VALIDATING}, or {@link #SYSTEM} for tests
     * @param nameServer that is asked, {@code host} or {@code host:port}; empty: those of the host
     */
    public record Validation(int httpPort, int tlsAlpnPort, String resolver, String nameServer) {
        /** Checks signatures of names itself (DNSSEC), and believes no name server. */
        public static final String VALIDATING = "validating";

        /** Takes names as the host does, its hosts file included, loopback among them; CAA is taken as absent. */
        public static final String SYSTEM = "system";

        public boolean isSystem() {
            return resolver.equals(SYSTEM);
        }
    }

    static final int LIFE_DAYS = 90;

    /** Browsers take no longer ones. */
    private static final int LIFE_DAYS_MAX = 398;

    static final int ORDERS_PER_HOUR = 3_600;

    static final AuthoritySettings DEFAULT = new AuthoritySettings(
            new Agreed(LIFE_DAYS, ORDERS_PER_HOUR, false, false, List.of(), List.of(), List.of(), List.of(), List.of()),
            new Validation(80, 443, Validation.VALIDATING, ""));

    static AuthoritySettings read(Section root) throws ConfigurationException {
        Section section = root.section("authority");
        Section validation = section.section("validation");
        AuthoritySettings settings = new AuthoritySettings(
                new Agreed(
                        section.integer("lifeDays", LIFE_DAYS, 1, LIFE_DAYS_MAX),
                        section.integer("ordersPerHour", ORDERS_PER_HOUR, 1, 1_000_000),
                        section.flag("credentialsRequired", false),
                        section.flag("hostile", false),
                        names(section, "permitted"),
                        names(section, "excluded"),
                        places(section, "bases", "https"),
                        places(section, "plainBases", "http"),
                        names(section, "caaNames")),
                new Validation(
                        validation.integer("httpPort", 80, 1, 65_535),
                        validation.integer("tlsAlpnPort", 443, 1, 65_535),
                        resolver(validation),
                        nameServer(validation)));
        validation.finish();
        section.finish();
        return settings;
    }

    private static List<String> names(Section section, String key) throws ConfigurationException {
        List<String> names = section.texts(key);
        if (names.size() > 64 || !names.stream().allMatch(name -> name.matches(NAME))) {
            throw section.error(key, "must be host names, 64 at most", "lower-case, for example [\"example.org\"]");
        }
        return names;
    }

    private static List<String> places(Section section, String key, String scheme) throws ConfigurationException {
        List<String> places = section.texts(key);
        String form = scheme + "://[a-z0-9.:\\[\\]-]{1,253}";
        if (places.size() > 64 || !places.stream().allMatch(place -> place.matches(form))) {
            throw section.error(key, "must be places, 64 at most", "for example [\"" + scheme + "://ca.example.org\"]");
        }
        return places;
    }

    private static String resolver(Section validation) throws ConfigurationException {
        String resolver = validation.text("resolver", Validation.VALIDATING);
        if (!resolver.equals(Validation.VALIDATING) && !resolver.equals(Validation.SYSTEM)) {
            throw validation.error("resolver", "must be 'validating' or 'system'", "'system' is for tests");
        }
        return resolver;
    }

    private static String nameServer(Section validation) throws ConfigurationException {
        String server = validation.text("nameServer", "");
        if (!server.matches("|[a-z0-9.-]{1,253}(:[0-9]{1,5})?")) {
            throw validation.error("nameServer", "must be a host, perhaps with a port", "for example 192.0.2.53:53");
        }
        return server;
    }
}
