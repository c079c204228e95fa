package org.maftia.server.configuration;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.crypto.RsaHash;
import org.maftia.server.ceremony.SigningKey;
import org.maftia.services.signing.CallerKey;
import org.maftia.services.signing.Signing;
import org.maftia.services.signing.SigningPolicy;

/**
 * {@code [signing]}: the keys that the group signs with for others, none unless they are named. The same at all replicas.
 *
 * @param keys by their order in the file
 */
public record SigningSettings(List<Key> keys) {
    static final SigningSettings DEFAULT = new SigningSettings(List.of());

    static final String PKCS1 = "pkcs1v15";
    static final String PSS = "pss";

    private static final String LIST = "keys";
    private static final int SIGNATURES_PER_MINUTE = 600;
    private static final int HOSTS_MAX = 64;
    private static final String HOST = "[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?";

    /** The names of hashes, as Vault has them. */
    private static final SortedMap<String, RsaHash> HASHES = hashes();

    public SigningSettings {
        keys = List.copyOf(keys);
    }

    /**
     * {@code [signing.NAME]}.
     *
     * @param pss the padding; else PKCS #1 v1.5
     * @param hashes that it signs digests of, by {@link #hashName}
     * @param callers the public keys of who may have it sign, in hex
     * @param signaturesPerMinute over a longer time
     * @param hosts whose server the key stands for; empty: it signs code
     */
    public record Key(
            String name,
            boolean pss,
            List<String> hashes,
            List<String> callers,
            int signaturesPerMinute,
            List<String> hosts) {
        public Key {
            hashes = List.copyOf(hashes);
            callers = List.copyOf(callers);
            hosts = List.copyOf(hosts);
        }

        /** The hashes. */
        public Set<RsaHash> allowed() {
            Set<RsaHash> allowed = new LinkedHashSet<>();
            HASHES.forEach((name, hash) -> {
                if (hashes.contains(name)) {
                    allowed.add(hash);
                }
            });
            return allowed;
        }
    }

    private static SortedMap<String, RsaHash> hashes() {
        SortedMap<String, RsaHash> hashes = new TreeMap<>();
        for (RsaHash hash : RsaHash.values()) {
            hashes.put(hashName(hash), hash);
        }
        return Collections.unmodifiableSortedMap(hashes);
    }

    /** As Vault names it: {@code sha2-256}. */
    public static String hashName(RsaHash hash) {
        return "sha2-" + 8 * hash.length();
    }

    /** What the ceremony deals. */
    public List<SigningKey> dealt() {
        return keys.stream()
                .map(key -> new SigningKey(key.name, key.pss, key.hosts))
                .toList();
    }

    static SigningSettings read(Section root) throws ConfigurationException {
        Section section = root.section("signing");
        List<String> names = section.texts(LIST);
        if (names.size() > Signing.KEYS_MAX
                || new LinkedHashSet<>(names).size() != names.size()
                || !names.stream().allMatch(name -> name.matches(Configuration.NAME) && !name.equals(LIST))) {
            throw section.error(
                    LIST,
                    "must be short names, " + Signing.KEYS_MAX + " at most",
                    "for example keys = [\"release\"], and [signing.release] below");
        }
        List<Key> keys = new ArrayList<>();
        for (String name : names) {
            Section own = section.section(name);
            keys.add(new Key(
                    name,
                    isPss(own),
                    hashes(own),
                    callers(own),
                    own.integer(
                            "signaturesPerMinute", SIGNATURES_PER_MINUTE, 1, SigningPolicy.SIGNATURES_PER_MINUTE_MAX),
                    hosts(own)));
            own.finish();
        }
        section.finish();
        return new SigningSettings(keys);
    }

    private static boolean isPss(Section section) throws ConfigurationException {
        String padding = section.requiredText("padding");
        if (!padding.equals(PKCS1) && !padding.equals(PSS)) {
            throw section.error(
                    "padding", "must be 'pkcs1v15' or 'pss'", "pkcs1v15 for archives and sigstore, pss for TLS 1.3");
        }
        return padding.equals(PSS);
    }

    private static List<String> hashes(Section section) throws ConfigurationException {
        List<String> hashes = section.texts("hashes");
        if (!HASHES.keySet().containsAll(hashes) || new LinkedHashSet<>(hashes).size() != hashes.size()) {
            throw section.error("hashes", "must be of " + HASHES.keySet(), "all of them where the key is left out");
        }
        return hashes.isEmpty() ? List.copyOf(HASHES.keySet()) : hashes;
    }

    private static List<String> callers(Section section) throws ConfigurationException {
        List<String> callers = section.texts("callers");
        if (callers.size() > SigningPolicy.CALLERS_MAX || !callers.stream().allMatch(SigningSettings::isPublicKey)) {
            throw section.error(
                    "callers",
                    "must be public keys of callers in hex, " + SigningPolicy.CALLERS_MAX + " at most",
                    "`maftia key token` makes a caller's token and prints its public key");
        }
        return callers;
    }

    private static boolean isPublicKey(String hex) {
        return hex.matches("[0-9a-f]{" + 2 * CallerKey.PUBLIC_LENGTH + "}")
                && Ed25519Certifier.isValidPublicKey(HexFormat.of().parseHex(hex));
    }

    private static List<String> hosts(Section section) throws ConfigurationException {
        List<String> hosts = section.texts("hosts");
        if (hosts.size() > HOSTS_MAX || !hosts.stream().allMatch(host -> host.matches(HOST))) {
            throw section.error("hosts", "must be names of hosts, 64 at most", "for example [\"www.example.org\"]");
        }
        return hosts;
    }
}
