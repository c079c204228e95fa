package org.maftia.services;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.maftia.core.testing.Attack;
import org.maftia.services.authority.AuthorityCorpus;
import org.maftia.services.beacon.BeaconCorpus;
import org.maftia.services.evaluation.EvaluationCorpus;
import org.maftia.services.exchange.ExchangeCorpus;
import org.maftia.services.exchange.MailboxCorpus;
import org.maftia.services.log.LogCorpus;
import org.maftia.services.notary.NotaryCorpus;
import org.maftia.services.openid.ProviderCorpus;
import org.maftia.services.register.RegisterCorpus;
import org.maftia.services.registration.RegistrationCorpus;
import org.maftia.services.signing.SigningCorpus;
import org.maftia.services.testing.Corpus;
import org.maftia.services.testing.Trial;

/**
 * A command that makes a service throw ends every replica at once: that is what ordered commands are for. So each service of a group
 * gets all of its commands altered, in every state in which they are good; it answers or is silent, and goes on.
 *
 * <p>By hand with more: {@code -Dmaftia.hostile.seeds=200 -Dmaftia.hostile.commands=60}.
 */
class HostileCommandsTest {
    private static final int SEEDS = Integer.getInteger("maftia.hostile.seeds", 1);
    private static final int FIRST = Integer.getInteger("maftia.hostile.first", 0);
    private static final int COMMANDS = Integer.getInteger("maftia.hostile.commands", 8);

    static Stream<Arguments> corpora() {
        return Stream.of(
                of("register", RegisterCorpus::new),
                of("beacon", BeaconCorpus::new),
                of("notary", NotaryCorpus::new),
                of("log", LogCorpus::new),
                of("evaluation", EvaluationCorpus::new),
                of("signing", SigningCorpus::new),
                of("registration", RegistrationCorpus::new),
                of("exchange", ExchangeCorpus::new),
                of("exchange-mailbox", MailboxCorpus::new),
                of("openid", ProviderCorpus::new),
                of("authority", AuthorityCorpus::new),
                of("authority.hostile", () -> new AuthorityCorpus(true)));
    }

    private static Arguments of(String name, Supplier<Corpus> corpus) {
        return Arguments.of(name, corpus);
    }

    @Attack("commands that are anything, to every service")
    @ParameterizedTest(name = "{0}")
    @MethodSource("corpora")
    void noServiceThrows(String name, Supplier<Corpus> made) throws Exception {
        long tried = 0;
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
            Corpus corpus = made.get();
            Trial trial = new Trial(corpus, corpus.service(), corpus.timeMicros(), seed, COMMANDS, corpus::sight);
            try {
                corpus.run(trial);
            } catch (AssertionError e) {
                throw new AssertionError(name + ", seed " + seed, e);
            }
            tried += trial.tried();
        }
        assertThat(tried).isPositive();
    }
}
