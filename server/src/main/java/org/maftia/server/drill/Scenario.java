package org.maftia.server.drill;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.maftia.server.host.Corruption;

/** What a drill does to a cluster. */
public enum Scenario {
    CRASH("the leader is killed without warning, and started again afterwards"),
    SILENCE("the leader falls silent towards its peers, while its gateway goes on"),
    SLOW("the leader sends everything late, slow enough to hurt, alive enough not to be given up"),
    EQUIVOCATE("the leader tells one half of the group something else than the other"),
    FORGE("the leader sends messages that it draws from the protocols' own grammar"),
    FALSE_SHARES("the leader's shares of signatures, coins and secrets are false"),
    CORRUPT_STATE("a replica executes everything wrongly and vouches for wrong state"),
    STEAL_SHARE(
            "the private key files of every replica of a fault set are stolen, and a token is to be signed with them"),
    FAULT_SET("all replicas of a largest fault set are corrupted at the same time, each in another way"),
    COMPONENT_STOP("the trusted component of the leader is killed without warning"),
    COMPONENT_SET_BACK("an older copy of what a replica's trusted component counted is put in its place"),
    FORGED_PROPOSAL("the leader has its trusted component certify proposals of requests that no client signed");

    private final String sentence;

    Scenario(String sentence) {
        this.sentence = sentence;
    }

    /** What happens, for people. */
    public String sentence() {
        return sentence;
    }

    /** The word on the command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<Scenario> of(String word) {
        return List.of(values()).stream()
                .filter(scenario -> scenario.word().equals(word))
                .findFirst();
    }

    /** Whether it is about the trusted components of a hybrid group. */
    boolean needsComponents() {
        return switch (this) {
            case COMPONENT_STOP, COMPONENT_SET_BACK, FORGED_PROPOSAL -> true;
            default -> false;
        };
    }

    /** Whether the intruder's replica is to be excluded by the log. */
    boolean excludes() {
        return this == FORGED_PROPOSAL;
    }

    /** What the intruder makes of a replica; empty where none runs corrupted. */
    Optional<Corruption> corruption() {
        return Corruption.of(word());
    }
}
