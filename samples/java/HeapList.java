/* HeapList.java -- A list on the Java heap that only grows: no native block grows with it.
 *
 * set: JDK_JAVA_OPTIONS=-Xmx256m -XX:+UseSerialGC -XX:+PreserveFramePointer
 * expect: kind=js-heap
 *
 * SPDX-License-Identifier: Apache-2.0
 */
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

public final class HeapList {
    private static final List<byte[]> KEPT = new ArrayList<>();

    private static void serve(int requests) {
        for (int number = 0; number < requests; number++) {
            KEPT.add(new byte[10_000]);
            Noise.work(5);
        }
    }

    public static void main(String[] arguments) throws IOException {
        Noise.begin();
        serve(500);
        Noise.snapshot("steady");
        serve(6000);
        Noise.snapshot("loaded");
        System.out.println(KEPT.size() + " kept, " + Noise.sum());
    }
}
