package org.maftia.bench.trust;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.Member;
import org.maftia.core.trust.TrustPolicy;
import org.maftia.core.trust.TrustPolicy.Clause;
import org.maftia.core.trust.TrustPolicy.Form;
import org.maftia.core.trust.TrustPolicy.Model;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Quorum and kernel tests on square grids of sites and systems, one of each lost together. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class QuorumBenchmark {
    /** A power of two: the next set is found by a mask, which costs next to nothing. */
    private static final int SETS = 1024;

    /** Classes of each attribute: 16 and 64 replicas. */
    @Param({"4", "8"})
    public int side;

    @Param({"exact", "nested:site", "both"})
    public String form = "exact";

    private FaultStructure trust = FaultStructure.threshold(4, 1);
    private final long[] sets = new long[SETS];
    private int next;

    @Setup
    public void compile() {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < side * side; i++) {
            members.add(new Member("r" + i, new TreeMap<>(Map.of("site", "s" + i / side, "os", "o" + i % side))));
        }
        Clause clause = new Clause.Joint(new TreeMap<>(Map.of("site", 1, "os", 1)), 0);
        trust = FaultStructure.compile(
                TrustPolicy.of(Model.ASYNCHRONOUS, List.of("site", "os"), List.of(clause))
                        .inForm(Form.parse(form)),
                members);
        draw();
    }

    /** All but a site and a system; of every other one a replica less: as close to the border as sets come. */
    private void draw() {
        long chance = 0x9e3779b97f4a7c15L;
        for (int i = 0; i < SETS; i++) {
            chance ^= chance << 13;
            chance ^= chance >>> 7;
            chance ^= chance << 17;
            int site = (int) Long.remainderUnsigned(chance, side);
            int system = (int) Long.remainderUnsigned(chance >>> 8, side);
            long set = trust.all().bits();
            for (int replica = 0; replica < side * side; replica++) {
                if (replica / side == site || replica % side == system) {
                    set &= ~(1L << replica);
                }
            }
            sets[i] = i % 2 == 0 ? set : set & set - 1 | 1L << site * side;
        }
    }

    @Benchmark
    public boolean isQuorum() {
        return trust.isQuorum(sets[next++ & SETS - 1]);
    }

    @Benchmark
    public boolean isKernel() {
        return trust.isKernel(~sets[next++ & SETS - 1]);
    }
}
