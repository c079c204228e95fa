package org.maftia.server.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.maftia.core.replica.Context;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Output;
import org.maftia.server.testing.Eventually;

class ObserverPoolTest {
    private final List<Input> answers = new CopyOnWriteArrayList<>();
    private final List<String> notices = new CopyOnWriteArrayList<>();
    private final SortedMap<String, Observer> observers = new TreeMap<>();

    private ObserverPool pool(long patienceMillis) {
        return new ObserverPool(observers, patienceMillis, answers::add, notices::add);
    }

    private static Output.Observe question(long number, String service) {
        return new Output.Observe(number, service, new byte[] {(byte) number});
    }

    @Test
    void eachQuestionIsLookedUpOnceAtATimeAndItsAnswerComesWithItsNumber() {
        CountDownLatch go = new CountDownLatch(1);
        List<Byte> asked = new CopyOnWriteArrayList<>();
        observers.put("authority", question -> {
            asked.add(question[0]);
            go.await();
            return new byte[] {(byte) (question[0] + 1)};
        });
        try (ObserverPool pool = pool(60_000)) {
            pool.look(question(3, "authority"));
            pool.look(question(3, "authority"));
            pool.look(question(4, "authority"));
            Eventually.until("both are asked", () -> asked.size() == 2);
            assertThat(answers).isEmpty();
            go.countDown();
            Eventually.until("both are answered", () -> answers.size() == 2);
            assertThat(answers)
                    .allSatisfy(answer -> assertThat(((Input.Observed) answer).answer())
                            .containsExactly((byte) (((Input.Observed) answer).number() + 1)));
        }
        assertThat(asked).containsExactlyInAnyOrder((byte) 3, (byte) 4);
        assertThat(notices).isEmpty();
    }

    /** Nobody votes for who sees nothing, and an operator reads why. */
    @Test
    void whoIsSlowOrFailsOrSaysTooMuchSaysNothing() {
        CountDownLatch never = new CountDownLatch(1);
        observers.put("slow", question -> {
            never.await();
            return question;
        });
        observers.put("broken", question -> {
            throw new IllegalStateException("no network");
        });
        observers.put("long", question -> new byte[Context.ANSWER_LENGTH_MAX + 1]);
        try (ObserverPool pool = pool(50)) {
            pool.look(question(1, "slow"));
            pool.look(question(2, "broken"));
            pool.look(question(3, "long"));
            pool.look(question(4, "unknown"));
            Eventually.until("all are told", () -> notices.size() == 4);
        }
        assertThat(answers).isEmpty();
        assertThat(notices)
                .anyMatch(text -> text.contains("slow saw nothing in 50 ms"))
                .anyMatch(text -> text.contains("no network"))
                .anyMatch(text -> text.contains("more than " + Context.ANSWER_LENGTH_MAX))
                .anyMatch(text -> text.contains("unknown asks what nobody here can look up"));
    }
}
