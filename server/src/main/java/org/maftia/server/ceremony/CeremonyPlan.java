package org.maftia.server.ceremony;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.maftia.core.trust.FaultStructure;

/**
 * What a ceremony is to make.
 *
 * @param name the group's name, for people
 * @param id the group's id; a random one ({@link UUID#randomUUID}) for a new group
 * @param trust who may be corrupted together; checked when it was compiled
 * @param enrolments of all replicas, in the order of their indices
 * @param clients that get numbers from 64 on, in this order; those of the configuration before keep theirs
 * @param rsaBits the length of RSA moduli: 3072, or 2048 where signatures need not last beyond 2030
 * @param description the configuration in the words of its operators, which the transcript keeps
 * @param before what the group goes on from; empty for a new group
 * @param signing keys for the callers of the signing service
 * @param names that the authority may certify
 */
public record CeremonyPlan(
        String name,
        UUID id,
        FaultStructure trust,
        List<Enrolment> enrolments,
        List<ClientKeys.Request> clients,
        int rsaBits,
        String description,
        Optional<Predecessor> before,
        List<SigningKey> signing,
        AuthorityNames names) {
    public static final int RSA_BITS_DEFAULT = 3072;

    /** For signatures that need not last beyond 2030; four times as many a second. */
    public static final int RSA_BITS_SHORT = 2048;

    /**
     * The configuration before, under whose root the group goes on.
     *
     * @param group its public document
     * @param custody directory with the root's private key
     * @param clients names of its clients that stay
     * @param handsOn whether keys go on that can, with the shares that the group itself makes for its new members; false: all
     *     are dealt anew
     */
    public record Predecessor(GroupTranscript group, Path custody, List<String> clients, boolean handsOn) {
        public Predecessor {
            clients = List.copyOf(clients);
        }
    }

    /** A new group that nobody described. */
    CeremonyPlan(
            String name,
            UUID id,
            FaultStructure trust,
            List<Enrolment> enrolments,
            List<ClientKeys.Request> clients,
            int rsaBits) {
        this(name, id, trust, enrolments, clients, rsaBits, "", Optional.empty());
    }

    /** One that signs for nobody else, and whose authority certifies any name. */
    CeremonyPlan(
            String name,
            UUID id,
            FaultStructure trust,
            List<Enrolment> enrolments,
            List<ClientKeys.Request> clients,
            int rsaBits,
            String description,
            Optional<Predecessor> before) {
        this(name, id, trust, enrolments, clients, rsaBits, description, before, List.of(), AuthorityNames.ANY);
    }

    /**
     * @throws CeremonyException when the enrolments are not those of the group
     */
    public CeremonyPlan {
        enrolments = List.copyOf(enrolments);
        clients = List.copyOf(clients);
        signing = List.copyOf(signing);
        if (enrolments.size() != trust.size()) {
            throw new CeremonyException(
                    "the group has " + trust.size() + " replicas, but " + enrolments.size() + " enrolled",
                    "run `maftia init` at each replica and collect the files");
        }
        long components = enrolments.stream()
                .filter(enrolment -> enrolment.component().isPresent())
                .count();
        if (components > 0 && components < enrolments.size()) {
            throw new CeremonyException(
                    "some replicas enrolled with a trusted component, and some without",
                    "in a hybrid group all have one: `maftia init ID --component`; in others none");
        }
        Set<String> ids = new HashSet<>();
        enrolments.forEach(enrolment -> ids.add(enrolment.id()));
        if (ids.size() != enrolments.size()) {
            throw new CeremonyException("two enrolments have one id", "give each replica an id of its own");
        }
    }

    /** Whether trusted components stand beside the replicas. */
    public boolean isHybrid() {
        return enrolments.stream().anyMatch(enrolment -> enrolment.component().isPresent());
    }
}
