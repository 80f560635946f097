/* Flight.java -- Work that is under way while a snapshot is taken: threads with a burst in hand.
 *
 * series() calls serve(0) to warm up, then asks for snapshots with serve(step) between them.
 * Meanwhile threads render bursts of arrays; at every snapshot each of them has one in hand, a
 * larger or a smaller one. The same in every run; SAMPLE_SEED=N gives other bursts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.function.IntConsumer;

final class Flight {
    /* Whether this run is the bounded twin. */
    static final boolean CLEAN = "clean".equals(System.getenv("SAMPLE_TWIN"));

    private static final int THREADS = 4;
    private static final int ROUNDS = 10;
    private static final CyclicBarrier BEGUN = new CyclicBarrier(THREADS + 1);
    private static final CyclicBarrier HELD = new CyclicBarrier(THREADS + 1);

    private Flight() {
    }

    private static byte[][] renderBurst(Random random) {
        byte[][] burst = new byte[1 + random.nextInt(80)][];
        for (int i = 0; i < burst.length; i++) {
            burst[i] = new byte[600 + random.nextInt(20_000)];
        }
        return burst;
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (InterruptedException | BrokenBarrierException error) {
            throw new IllegalStateException(error);
        }
    }

    private static void fly(int number) {
        String seed = System.getenv("SAMPLE_SEED");
        Random random = new Random((seed == null ? 0 : Long.parseLong(seed)) * 7919 + number);
        byte[][] burst = null;
        while (true) {
            await(BEGUN);
            for (int round = 0; round < ROUNDS; round++) {
                burst = renderBurst(random);
            }
            await(HELD);
            if (burst.length == 0) {
                return;
            }
        }
    }

    static void series(int snapshots, boolean collect, IntConsumer serve) throws IOException {
        for (int i = 0; i < THREADS; i++) {
            int number = i;
            Thread thread = new Thread(() -> fly(number));
            thread.setDaemon(true);
            thread.start();
        }
        Noise.begin();
        for (int step = 0; step < snapshots; step++) {
            await(BEGUN);
            serve.accept(step);
            await(HELD);
            Noise.snapshot("look" + step, collect || step == 0);
        }
    }
}
