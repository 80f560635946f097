/* Uploads.java -- Direct buffers for the parts of an upload; one part of ten is never let go.
 *
 * Five snapshots; the third and the fifth find garbage that the JVM has not collected yet, 36 MB of
 * it. The twin keeps none: all of its buffers are such garbage.
 *
 * set: JDK_JAVA_OPTIONS=-Xms64m -Xmx64m -XX:MaxDirectMemorySize=150m -XX:+AlwaysPreTouch -XX:+UseSerialGC -XX:+PreserveFramePointer
 * expect: kind=leak site1=receivePart gate=exceeded
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

public final class Uploads {
    private static final List<ByteBuffer> KEPT = new ArrayList<>();
    private static final BufferPoolMXBean DIRECT =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct")).findFirst().orElseThrow();

    private static ByteBuffer receivePart(int number) {
        ByteBuffer part = ByteBuffer.allocateDirect(40_000);
        for (int i = 0; i < part.capacity(); i += 512) {
            part.put(i, (byte) number);
        }
        return part;
    }

    private static void serve(int step) {
        for (int number = 0; number < 900; number++) {
            ByteBuffer part = receivePart(number);
            if (!Flight.CLEAN && number % 10 == 0) {
                KEPT.add(part);
            }
            Noise.work(5);
        }
        if (step == 0 || step % 2 == 1) {
            collect();
        }
    }

    /* Until the buffers that are garbage have given their memory back, too. */
    private static void collect() {
        int kept = KEPT.size() + 100;
        do {
            System.gc();
            Thread.yield();
        } while (DIRECT.getCount() > kept);
    }

    public static void main(String[] arguments) throws IOException {
        Flight.series(5, false, Uploads::serve);
        System.out.println(KEPT.size() + " kept, " + Noise.sum());
    }
}
