package org.maftia.services.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.authority.pki.Identifier;

/** What is kept of orders when there is no more room. */
class OrdersTest {
    private static final long NOW = 1_900_000_000_000_000L;
    private static final long SECOND = Agreed.SECOND_MICROS;

    /** Fifty certificates a second. */
    private static final long STEP = SECOND / 50;

    private final Orders orders = new Orders();
    private long time = NOW;
    private long next = 1;

    private Authorization authorization(Authorization.State state) {
        long id = next++;
        Identifier name = Identifier.of(Identifier.Kind.DNS, "n" + id + ".example.org");
        Authorization made = new Authorization(id, 1, name, false, "token", time + Orders.ORDER_MICROS);
        made.state = state;
        if (state == Authorization.State.VALID) {
            made.validatedMicros = time;
            made.expiresMicros = time + Authorization.VALID_MICROS;
            orders.becameValid(made);
        }
        orders.add(made);
        return made;
    }

    private Order order(Order.Stage stage, Authorization.State state, int names) {
        List<Identifier> identifiers = new ArrayList<>();
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < names; i++) {
            Authorization made = authorization(state);
            identifiers.add(made.identifier);
            ids.add(made.id);
        }
        return order(stage, identifiers, ids);
    }

    private Order order(Order.Stage stage, List<Identifier> identifiers, List<Long> ids) {
        // By their numbers the youngest come first: nothing may be judged by them.
        Order order =
                new Order((1L << 40) - next++, 1, identifiers, ids, Profile.CLASSIC, "", time + Orders.ORDER_MICROS);
        order.stage = stage;
        if (stage == Order.Stage.VALID) {
            order.serial = new byte[] {1};
            order.fromSeconds = time / SECOND - Office.BACKDATE_SECONDS;
        }
        orders.add(order);
        time += STEP;
        return order;
    }

    private Order issued() {
        return order(Order.Stage.VALID, Authorization.State.VALID, 1);
    }

    private List<Order> fill(int count) {
        List<Order> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(issued());
        }
        return all;
    }

    private boolean isKept(Order order) {
        return orders.order(order.id) == order
                && order.authorizations.stream().allMatch(id -> orders.authorization(id) != null);
    }

    @Test
    void anOrderThatEndedASecondAgoCanStillBeAskedForWhenThereAreMany() {
        for (Order order : fill(Orders.ORDERS_MAX)) {
            assertThat(isKept(order)).isTrue();
        }
        List<Order> young = new ArrayList<>();
        for (int i = 0; i < 2 * Orders.ORDERS_MAX; i++) {
            assertThat(orders.hasRoom(1, time)).isTrue();
            young.add(issued());
            Order twoMinutesOld = young.get(Math.max(0, young.size() - 6_000));
            assertThat(isKept(young.getLast())).isTrue();
            assertThat(isKept(twoMinutesOld))
                    .as("after %d s", (time - twoMinutesOld.sinceMicros()) / SECOND)
                    .isTrue();
        }
    }

    @Test
    void theOldestAreForgottenFirst() {
        List<Order> all = fill(Orders.ORDERS_MAX);
        assertThat(orders.hasRoom(1, time)).isTrue();
        // A quarter. Of those of one second the ids decide.
        int early = Orders.ORDERS_MAX / 4 - 50;
        int late = Orders.ORDERS_MAX / 4 + 50;
        assertThat(all.subList(0, early)).noneMatch(order -> orders.hasOrder(order.id));
        assertThat(all.subList(late, all.size())).allMatch(this::isKept);
        assertThat(all).filteredOn(this::isKept).hasSize(Orders.ORDERS_MAX / 4 * 3);
    }

    @Test
    void whatFailedIsForgottenAsIfItHadEndedWhenItBegan() {
        Order failed = order(Order.Stage.OPEN, Authorization.State.INVALID, 1);
        List<Order> all = fill(Orders.ORDERS_MAX - 2);
        Order late = order(Order.Stage.OPEN, Authorization.State.INVALID, 1);
        assertThat(orders.hasRoom(1, time)).isTrue();
        assertThat(isKept(failed)).isFalse();
        assertThat(isKept(late)).isTrue();
        assertThat(isKept(all.getLast())).isTrue();
    }

    @Attack("client flood")
    @Test
    void openOrdersStayWhateverElseIsForgotten() {
        List<Order> open = new ArrayList<>();
        for (int i = 0; i < Orders.ORDERS_MAX - 100; i++) {
            open.add(order(Order.Stage.OPEN, Authorization.State.PENDING, 1));
        }
        Order issuing = order(Order.Stage.ISSUING, Authorization.State.VALID, 1);
        List<Order> ended = fill(99);
        assertThat(orders.hasRoom(1, time)).isTrue();
        assertThat(open).allMatch(this::isKept);
        assertThat(isKept(issuing)).isTrue();
        assertThat(ended).noneMatch(this::isKept);
    }

    @Attack("client flood")
    @Test
    void ordersOfManyNamesMakeRoomForThoseToCome() {
        List<Order> large = new ArrayList<>();
        while (orders.hasRoom(100, time) && large.size() < 400) {
            large.add(order(Order.Stage.VALID, Authorization.State.VALID, 100));
        }
        assertThat(large).hasSize(400);
        assertThat(isKept(large.getLast())).isTrue();
        assertThat(large.stream().filter(order -> orders.hasOrder(order.id)).allMatch(this::isKept))
                .isTrue();
        assertThat(large.stream().filter(this::isKept).count()).isBetween(200L, 327L);
    }

    @Test
    void aYoungValidAuthorizationIsUsedAgainEvenIfNoOrderNamesIt() {
        Authorization young = authorization(Authorization.State.VALID);
        fill(Orders.ORDERS_MAX);
        assertThat(orders.hasRoom(1, time)).isTrue();
        assertThat(orders.authorization(young.id)).isSameAs(young);
        assertThat(orders.valid(1, young.identifier, time)).isSameAs(young);
        List<Authorization> unused = new ArrayList<>();
        while (orders.hasRoom(100, time)) {
            time += STEP;
            unused.add(authorization(Authorization.State.VALID));
            if (unused.size() > 2 * Orders.AUTHORIZATIONS_MAX) {
                break;
            }
        }
        assertThat(unused).hasSizeGreaterThan(Orders.AUTHORIZATIONS_MAX);
        assertThat(orders.valid(1, unused.getLast().identifier, time)).isSameAs(unused.getLast());
        assertThat(orders.authorization(young.id)).isNull();
    }

    @Test
    void whatIsForgottenDependsOnNothingButTheState() {
        fill(Orders.ORDERS_MAX);
        Orders other = new Orders();
        other.read(new Reader(written(orders)));
        assertThat(other.hasRoom(1, time)).isEqualTo(orders.hasRoom(1, time));
        assertThat(written(other)).isEqualTo(written(orders));
    }

    private static byte[] written(Orders orders) {
        Writer writer = new Writer();
        orders.write(writer);
        return writer.toBytes();
    }
}
