/* Inflaters.java -- An Inflater for each message that is never ended: its window is zlib's memory.
 *
 * Two snapshots, the first after a collection. In the twin the Inflaters are dropped: they are
 * garbage, and zlib's memory goes when the JVM collects them.
 *
 * set: JDK_JAVA_OPTIONS=-Xms64m -Xmx64m -XX:+AlwaysPreTouch -XX:+UseSerialGC -XX:+PreserveFramePointer
 * expect: kind=leak site1=unpack gate=exceeded
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

public final class Inflaters {
    private static final List<Inflater> OPEN = new ArrayList<>();
    private static final byte[] PACKED = new byte[20_000];
    private static int packedSize;
    private static long unpacked;

    private static void pack() {
        Deflater deflater = new Deflater();
        deflater.setInput("a message that is sent again and again; ".repeat(2000).getBytes());
        packedSize = deflater.deflate(PACKED, 0, PACKED.length, Deflater.SYNC_FLUSH);
        deflater.end();
    }

    private static void unpack(byte[] output) {
        Inflater inflater = new Inflater();
        inflater.setInput(PACKED, 0, packedSize);
        try {
            unpacked += inflater.inflate(output);
        } catch (DataFormatException error) {
            throw new IllegalStateException(error);
        }
        if (!Flight.CLEAN) {
            OPEN.add(inflater);
        }
    }

    private static void serve(int step) {
        byte[] output = new byte[40_000];
        for (int number = step == 0 ? 50 : 400; number > 0; number--) {
            unpack(output);
            Noise.work(50);
        }
    }

    public static void main(String[] arguments) throws IOException {
        pack();
        Flight.series(2, false, Inflaters::serve);
        System.out.println(unpacked + " bytes, " + OPEN.size() + " open, " + Noise.sum());
    }
}
