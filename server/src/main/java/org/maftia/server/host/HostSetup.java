package org.maftia.server.host;

import java.nio.file.Path;
import java.util.Optional;
import org.maftia.server.ceremony.Unlock;
import org.maftia.server.component.ComponentPlace;
import org.maftia.server.configuration.Configuration;

/**
 * What one replica runs with.
 *
 * @param configuration of the group
 * @param id of the replica
 * @param keys directory of its keys
 * @param data directory of its journal; may get lost
 * @param unlock opens the keys
 * @param intruder empty for a correct replica
 */
public record HostSetup(
        Configuration configuration, String id, Path keys, Path data, Unlock unlock, Optional<Intruder> intruder) {
    /** Where its trusted component lies, if its group is hybrid: beside the keys. */
    ComponentPlace component() {
        return new ComponentPlace(keys.toAbsolutePath().resolveSibling("component"));
    }
}
