/* Deflaters.java -- Deflaters that are kept and never ended: zlib's memory behind small Java objects.
 *
 * set: JDK_JAVA_OPTIONS=-Xms48m -Xmx48m -XX:+AlwaysPreTouch -XX:+UseSerialGC -XX:+PreserveFramePointer
 * expect: kind=leak site1=openDeflater
 *
 * SPDX-License-Identifier: Apache-2.0
 */
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;

public final class Deflaters {
    private static final List<Deflater> OPEN = new ArrayList<>();

    private static Deflater openDeflater() {
        Deflater deflater = new Deflater();
        OPEN.add(deflater);
        return deflater;
    }

    private static int serve(int clients) {
        byte[] output = new byte[4096];
        int size = 0;
        for (int number = 0; number < clients; number++) {
            Deflater deflater = openDeflater();
            deflater.setInput(("client " + number).repeat(100).getBytes());
            size += deflater.deflate(output, 0, output.length, Deflater.SYNC_FLUSH);
            Noise.work(100);
        }
        return size;
    }

    public static void main(String[] arguments) throws IOException {
        Noise.begin();
        int size = serve(20);
        Noise.snapshot("steady");
        size += serve(120);
        Noise.snapshot("loaded");
        System.out.println(size + " bytes, " + Noise.sum());
    }
}
