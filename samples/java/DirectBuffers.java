/* DirectBuffers.java -- Direct ByteBuffers handed out by a pool that forgets them all.
 *
 * set: JDK_JAVA_OPTIONS=-Xms48m -Xmx48m -XX:+AlwaysPreTouch -XX:+UseSerialGC -XX:+PreserveFramePointer
 * expect: kind=leak site1=takeBuffer growth=26214400±2% blocks=+1600±2%
 * expect: also=serve
 *
 * SPDX-License-Identifier: Apache-2.0
 */
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

public final class DirectBuffers {
    private static final int SIZE = 16384;
    private static final List<ByteBuffer> TAKEN = new ArrayList<>();

    private static ByteBuffer takeBuffer() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE);
        TAKEN.add(buffer);
        return buffer;
    }

    private static long serve(int requests) {
        long written = 0;
        for (int number = 0; number < requests; number++) {
            ByteBuffer buffer = takeBuffer();
            while (buffer.hasRemaining()) {
                buffer.put((byte) number);
            }
            written += buffer.position();
            Noise.work(10);
        }
        return written;
    }

    public static void main(String[] arguments) throws IOException {
        Noise.begin();
        long written = serve(200);
        Noise.snapshot("steady");
        written += serve(1600);
        Noise.snapshot("loaded");
        System.out.println(written + " bytes written, " + Noise.sum());
    }
}
