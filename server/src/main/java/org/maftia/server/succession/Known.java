package org.maftia.server.succession;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.client.transport.TlsIdentity;
import org.maftia.core.ordering.hybrid.TrustedComponents;
import org.maftia.core.replica.Charter;
import org.maftia.core.replica.Registry;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.Formula;
import org.maftia.core.wire.Digest;
import org.maftia.server.ceremony.CeremonyException;
import org.maftia.server.ceremony.ComponentIdentity;
import org.maftia.server.ceremony.Enrolment;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.KeptKeys;
import org.maftia.server.component.ComponentSeals;
import org.maftia.server.component.OrderStream;
import org.maftia.server.component.TrustedViewForm;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.OfficerEntry;
import org.maftia.server.configuration.Officers;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.wormhole.certificate.SigningKey;

/**
 * One configuration of a group, with everything public about it. Equal transcripts give equal ones.
 *
 * @param description in the words of its operators
 * @param group its public keys and certificates
 * @param configuration as replicas agree on it
 * @param trust who may be corrupted together
 */
public record Known(
        Configuration description,
        GroupTranscript group,
        org.maftia.core.replica.Configuration configuration,
        FaultStructure trust) {
    /** A component answers one call at a time, so more lanes would not make it faster. */
    private static final int LANES = 1;

    private static final String HINT = "take transcript.json anew from the ceremony";

    /** Judges by the keys in configurations; has none of its own. */
    public static final Registry NO_KEYS = configuration -> null;

    /**
     * The configuration that a ceremony was held for.
     *
     * @throws CeremonyException when the transcript contradicts itself
     */
    public static Known of(GroupTranscript group) {
        if (group.description().isEmpty()) {
            throw new CeremonyException("the transcript does not describe the group", "hold a new ceremony");
        }
        try {
            return of(Configuration.parse("the transcript", group.description(), Overrides.none()), group);
        } catch (ConfigurationException e) {
            throw new CeremonyException("the transcript describes no group: " + e.getMessage(), HINT, e);
        }
    }

    /**
     * The same, where the transcript may leave it to the file what the group is.
     *
     * @param written the file; counts only where the transcript has no description
     */
    public static Known of(Configuration written, GroupTranscript group) throws ConfigurationException {
        if (!group.description().isEmpty()) {
            Configuration own = Configuration.parse("the transcript", group.description(), Overrides.none());
            return checked(own, group);
        }
        return checked(written, group);
    }

    private static Known checked(Configuration description, GroupTranscript group) throws ConfigurationException {
        List<String> ids = description.replicas().stream().map(ReplicaEntry::id).toList();
        if (!group.ids().equals(ids)) {
            throw new CeremonyException(
                    "the configuration has other replicas than the ceremony",
                    "restore group.toml, or hold a new ceremony");
        }
        FaultStructure described = description.faultStructure();
        org.maftia.core.replica.Configuration configuration = configuration(description, described, group);
        requireDistinct(configuration, group);
        FaultStructure trust = configuration.trust();
        group.requireTrust(trust);
        if (description.trust().isHybrid() != group.isHybrid()) {
            throw new CeremonyException(
                    group.isHybrid()
                            ? "the replicas enrolled with trusted components, but the trust model is not hybrid"
                            : "the trust model is hybrid, but the replicas enrolled without trusted components",
                    "'maftia init ID --component' enrols a replica for a hybrid group, without it for another");
        }
        return new Known(description, group, configuration, trust);
    }

    private static org.maftia.core.replica.Configuration configuration(
            Configuration description, FaultStructure trust, GroupTranscript group) {
        List<org.maftia.core.replica.Configuration.Seat> seats = new ArrayList<>();
        List<byte[]> keys =
                group.enrolments().stream().map(Enrolment::signingKey).toList();
        for (int i = 0; i < keys.size(); i++) {
            seats.add(new org.maftia.core.replica.Configuration.Seat(
                    description.replicas().get(i).seat(), description.members().get(i), keys.get(i)));
        }
        Officers officers = description.officers();
        boolean named = !officers.entries().isEmpty();
        List<byte[]> officerKeys = named
                ? officers.entries().stream()
                        .map(OfficerEntry::key)
                        .map(HexFormat.of()::parseHex)
                        .toList()
                : keys;
        Formula policy = named ? officers.formula() : trust.quorums();
        return new org.maftia.core.replica.Configuration(
                description.ordinal().number(),
                digest(description.ordinal().predecessor()),
                seats,
                description.trust().attributes(),
                description.trust().sharing().equals("strong"),
                description.trust().isHybrid(),
                trust.quorums(),
                officerKeys,
                policy,
                KeptKeys.carried(group).stream().sorted().toList(),
                group.digest());
    }

    /** The digest that a description names in hex; an empty text names none. */
    static Digest digest(String hex) {
        return hex.isEmpty() ? Digest.ZERO : Digest.of(HexFormat.of().parseHex(hex));
    }

    private static void requireDistinct(org.maftia.core.replica.Configuration configuration, GroupTranscript group) {
        Set<Integer> seats = new HashSet<>();
        Set<Digest> pins = new HashSet<>();
        Set<SigningKey> components = new HashSet<>();
        for (int i = 0; i < group.enrolments().size(); i++) {
            X509Certificate link = group.enrolments().get(i).linkCertificate();
            boolean keys = pins.add(Digest.of(group.enrolments().get(i).logKey()))
                    && pins.add(Digest.of(group.enrolments().get(i).witnessKey()));
            if (!seats.add(configuration.seats().get(i).number()) || !pins.add(TlsIdentity.pin(link)) || !keys) {
                throw new CeremonyException(
                        group.ids().get(i) + " has the seat or the certificate of another replica",
                        "'maftia reconfigure prepare' gives seats; each replica enrols with keys of its own");
            }
            Optional<ComponentIdentity> component = group.enrolments().get(i).component();
            if (component.isPresent() && !components.add(component.get().key())) {
                throw new CeremonyException(
                        group.ids().get(i) + " has the trusted component of another replica",
                        "each replica enrols with a component of its own");
            }
        }
    }

    public long number() {
        return configuration.number();
    }

    /** What clients and offline checks must know. */
    public Charter charter() {
        return Charter.of(configuration, NO_KEYS);
    }

    /** What its members agree on of their trusted components; empty where none stand beside them. */
    public Optional<TrustedComponents> components() {
        if (!group.isHybrid()) {
            return Optional.empty();
        }
        List<ComponentSeals.Known> components = new ArrayList<>();
        List<TrustedViewForm.Known> keys = new ArrayList<>();
        for (int i = 0; i < group.enrolments().size(); i++) {
            ComponentIdentity own = group.enrolments().get(i).component().orElseThrow();
            int seat = configuration.seats().get(i).number();
            components.add(new ComponentSeals.Known(seat, own.epoch(), own.key()));
            keys.add(new TrustedViewForm.Known(seat, own.epoch(), own.keys()));
        }
        return Optional.of(new TrustedComponents(
                new ComponentSeals(group.id(), components),
                OrderStream.of(number()),
                components.stream().map(ComponentSeals.Known::epoch).toList(),
                LANES,
                new TrustedViewForm(keys, trust)));
    }

    /** Names of the officers, by index. */
    public List<String> officers() {
        return description.officers().entries().isEmpty()
                ? group.ids()
                : description.officers().names();
    }

    /** The entry of each member, by its seat. */
    public SortedMap<Integer, ReplicaEntry> members() {
        SortedMap<Integer, ReplicaEntry> members = new TreeMap<>();
        description.replicas().forEach(entry -> members.put(entry.seat(), entry));
        return members;
    }

    /** The link certificate of each member, by its seat. */
    public SortedMap<Integer, X509Certificate> certificates() {
        SortedMap<Integer, X509Certificate> certificates = new TreeMap<>();
        for (int i = 0; i < group.enrolments().size(); i++) {
            certificates.put(
                    configuration.seats().get(i).number(),
                    group.enrolments().get(i).linkCertificate());
        }
        return certificates;
    }
}
