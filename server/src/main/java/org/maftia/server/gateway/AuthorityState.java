package org.maftia.server.gateway;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.maftia.services.authority.Looks;

/** What a gateway knows of the authority at its own replica. Any thread may ask. */
public interface AuthorityState {
    /**
     * Asks the present state of the replica, without the log.
     *
     * @return empty where the group runs no authority
     * @throws TimeoutException when the replica does not answer
     */
    <T extends Object> Optional<T> look(Function<Looks, T> question) throws TimeoutException, InterruptedException;

    /** What is said of the authority in public. */
    Place place();

    /**
     * Where the authority is.
     *
     * @param own the place of this gateway
     * @param bases the places of all gateways, which clients may mean
     * @param gateway the number of this one
     * @param credentialsRequired whether an account needs a credential of an officer
     * @param profiles each with a word about it, in turn
     */
    record Place(String own, List<String> bases, int gateway, boolean credentialsRequired, List<String> profiles) {
        public Place {
            bases = List.copyOf(bases);
            profiles = List.copyOf(profiles);
        }
    }
}
