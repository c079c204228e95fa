package org.maftia.server.ceremony;

import java.util.HashSet;
import java.util.List;
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
 * @param clients that get numbers from 64 on, in this order
 * @param rsaBits the length of RSA moduli: 3072, or 2048 where signatures need not last beyond 2030
 */
public record CeremonyPlan(
        String name,
        UUID id,
        FaultStructure trust,
        List<Enrolment> enrolments,
        List<ClientKeys.Request> clients,
        int rsaBits) {
    public static final int RSA_BITS_DEFAULT = 3072;

    /** For signatures that need not last beyond 2030; four times as many a second. */
    public static final int RSA_BITS_SHORT = 2048;

    /**
     * @throws CeremonyException when the enrolments are not those of the group
     */
    public CeremonyPlan {
        enrolments = List.copyOf(enrolments);
        clients = List.copyOf(clients);
        if (enrolments.size() != trust.size()) {
            throw new CeremonyException(
                    "the group has " + trust.size() + " replicas, but " + enrolments.size() + " enrolled",
                    "run `maftia init` at each replica and collect the files");
        }
        Set<String> ids = new HashSet<>();
        enrolments.forEach(enrolment -> ids.add(enrolment.id()));
        if (ids.size() != enrolments.size()) {
            throw new CeremonyException("two enrolments have one id", "give each replica an id of its own");
        }
    }
}
