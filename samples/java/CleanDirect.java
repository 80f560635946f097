/* CleanDirect.java -- Direct buffers of a fixed pool, used and given back: nothing grows.
 *
 * set: JDK_JAVA_OPTIONS=-Xms48m -Xmx48m -XX:+AlwaysPreTouch -XX:+UseSerialGC -XX:+PreserveFramePointer
 * expect: kind=none
 *
 * SPDX-License-Identifier: Apache-2.0
 */
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

public final class CleanDirect {
    private static final ArrayDeque<ByteBuffer> IDLE = new ArrayDeque<>();

    private static ByteBuffer takeBuffer() {
        ByteBuffer buffer = IDLE.poll();
        return buffer != null ? buffer : ByteBuffer.allocateDirect(65536);
    }

    private static long serve(int requests) {
        long written = 0;
        for (int number = 0; number < requests; number++) {
            ByteBuffer buffer = takeBuffer();
            while (buffer.remaining() >= 8) {
                buffer.putLong(number);
            }
            written += buffer.position();
            buffer.clear();
            IDLE.add(buffer);
            Noise.work(10);
        }
        return written;
    }

    public static void main(String[] arguments) throws IOException {
        Noise.begin();
        long written = serve(12000);
        Noise.snapshot("steady");
        written += serve(6000);
        Noise.snapshot("loaded");
        System.out.println(written + " bytes written, " + Noise.sum());
    }
}
