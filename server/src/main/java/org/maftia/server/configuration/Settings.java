package org.maftia.server.configuration;

import java.util.concurrent.TimeUnit;
import org.maftia.core.keys.KeyUpkeep;
import org.maftia.core.protocol.Limits;

/**
 * The keys outside {@code [trust]}, {@code [[replica]]} and {@code [[client]]}. Each table of the file is one record
 * here; a service that comes later brings one more.
 */
public record Settings(
        Journal journal,
        Rsa rsa,
        Keys keys,
        Notary notary,
        Beacon beacon,
        AuthoritySettings authority,
        OpenIdSettings openId,
        Gateways gateways,
        Components components,
        SigningSettings signing) {
    /**
     * {@code [journal]}.
     *
     * @param sync whether votes are on stable storage before they leave; false only for measurements
     */
    public record Journal(boolean sync) {}

    /**
     * {@code [rsa]}.
     *
     * @param bits length of the modulus of every key that the ceremony makes
     */
    public record Rsa(int bits) {
        /** Enough beyond 2030. */
        public static final int BITS = 3072;
    }

    /**
     * {@code [keys]}, of those that the group renews by itself; the same at all replicas.
     *
     * @param refreshHours from one renewal to the next by itself; 0: only when an operator asks
     * @param patienceSeconds how long a renewal waits for members that do not answer: a quorum then goes on, and they get
     *     no shares until the next one
     */
    public record Keys(int refreshHours, int patienceSeconds) {
        /** Shares of two fault sets are of use together only if stolen within one week. */
        public static final int REFRESH_HOURS = 7 * 24;

        /** A replica that is being restarted is back in this time. */
        public static final int PATIENCE_SECONDS = 60;

        /** Whoever did not finish in five times the patience does not finish at all. */
        private static final int LIMIT_FACTOR = 5;

        /** Renewals on demand come no sooner after each other than a part of the patience. */
        private static final int RESTS = 6;

        /** In the words of the core. */
        public KeyUpkeep.Pace pace() {
            long patience = TimeUnit.SECONDS.toMicros(patienceSeconds);
            return new KeyUpkeep.Pace(
                    TimeUnit.HOURS.toMicros(refreshHours), patience / RESTS, patience, LIMIT_FACTOR * patience);
        }
    }

    /**
     * {@code [notary]}.
     *
     * @param policy the object identifier of the time-stamp policy that tokens name
     * @param accuracySeconds how far the time in tokens may be off, as they state it
     */
    public record Notary(String policy, int accuracySeconds) {
        /** A correct replica takes a proposed time that is this much ahead of its own clock. */
        public static final int ACCURACY_SECONDS = (int) (Limits.DEFAULT.clockToleranceMicros() / 1_000_000);

        /**
         * Of the arc 2.25, which anyone may use: below it stands a UUID, as one number. An operator who owns an arc
         * names a policy of that one.
         */
        public static final String POLICY = "2.25.92157758460155361883631618736851669652";
    }

    /**
     * {@code [beacon]}.
     *
     * @param periodSeconds from one round to the next
     */
    public record Beacon(int periodSeconds) {
        /** What the first public beacon took: often enough for a draw, and of no weight in an idle group. */
        public static final int PERIOD_SECONDS = 30;
    }

    /**
     * {@code [gateways]}.
     *
     * @param timeoutMillis how long a request may wait for the group
     * @param connectionsMax connections that one port takes at the same time
     * @param connectionsOfAddressMax how many of them one client address may hold; 0: a quarter, of addresses of the replica's own
     *     machine three quarters
     */
    public record Gateways(int timeoutMillis, int connectionsMax, int connectionsOfAddressMax) {
        /** Longer than a change of the leader takes, shorter than the patience of curl and of people. */
        public static final int TIMEOUT_MILLIS = 15_000;

        public static final int CONNECTIONS_MAX = 1024;
    }

    /**
     * {@code [components]}, of the trusted components of a hybrid group.
     *
     * @param realTime whether one that a replica starts asks for real-time scheduling; it then keeps its bounds of time, or
     *     stops. The order of requests does not need it
     */
    public record Components(boolean realTime) {}

    public static final Settings DEFAULT = new Settings(
            new Journal(true),
            new Rsa(Rsa.BITS),
            new Keys(Keys.REFRESH_HOURS, Keys.PATIENCE_SECONDS),
            new Notary(Notary.POLICY, Notary.ACCURACY_SECONDS),
            new Beacon(Beacon.PERIOD_SECONDS),
            AuthoritySettings.DEFAULT,
            OpenIdSettings.DEFAULT,
            new Gateways(Gateways.TIMEOUT_MILLIS, Gateways.CONNECTIONS_MAX, 0),
            new Components(false),
            SigningSettings.DEFAULT);

    static Settings read(Section root) throws ConfigurationException {
        Section journal = root.section("journal");
        Section rsa = root.section("rsa");
        Section keys = root.section("keys");
        Section notary = root.section("notary");
        Section beacon = root.section("beacon");
        Section gateways = root.section("gateways");
        Section components = root.section("components");
        Settings settings = new Settings(
                new Journal(journal.flag("sync", true)),
                new Rsa(readBits(rsa)),
                new Keys(
                        keys.integer("refreshHours", Keys.REFRESH_HOURS, 0, 100_000),
                        keys.integer("patienceSeconds", Keys.PATIENCE_SECONDS, 1, 86_400)),
                new Notary(readPolicy(notary), notary.integer("accuracySeconds", Notary.ACCURACY_SECONDS, 1, 3_600)),
                new Beacon(beacon.integer("periodSeconds", Beacon.PERIOD_SECONDS, 1, 86_400)),
                AuthoritySettings.read(root),
                OpenIdSettings.read(root),
                new Gateways(
                        gateways.integer("timeoutMillis", Gateways.TIMEOUT_MILLIS, 100, 600_000),
                        gateways.integer("connectionsMax", Gateways.CONNECTIONS_MAX, 1, 65_536),
                        gateways.integer("connectionsOfAddressMax", 0, 0, 65_536)),
                new Components(components.flag("realTime", false)),
                SigningSettings.read(root));
        journal.finish();
        rsa.finish();
        keys.finish();
        notary.finish();
        beacon.finish();
        gateways.finish();
        components.finish();
        return settings;
    }

    private static int readBits(Section rsa) throws ConfigurationException {
        int bits = rsa.integer("bits", Rsa.BITS, 1024, 8192);
        if (bits != 2048 && bits != Rsa.BITS) {
            throw rsa.error("bits", "must be 2048 or 3072", "3072, unless signatures need not last beyond 2030");
        }
        return bits;
    }

    private static String readPolicy(Section notary) throws ConfigurationException {
        String policy = notary.text("policy", Notary.POLICY);
        if (!policy.matches("[0-2](\\.(0|[1-9][0-9]{0,39})){1,30}")) {
            throw notary.error(
                    "policy", "must be an object identifier", "numbers between dots, such as 1.3.6.1.4.1.4711");
        }
        return policy;
    }
}
