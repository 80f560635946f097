/* Gallery.java -- A server of the JDK's own http: one path keeps direct buffers, one keeps objects.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

public class Gallery {
    static final List<ByteBuffer> pictures = new ArrayList<>();
    static final List<long[]> views = new ArrayList<>();

    static void keepPicture() {
        pictures.add(ByteBuffer.allocateDirect(32000)); // LEAK
    }

    static void keepView() {
        views.add(new long[4000]);
    }

    static void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path.startsWith("/picture")) {
            keepPicture();
        } else if (path.startsWith("/view")) {
            keepView();
        }
        byte[] text = path.getBytes();
        exchange.sendResponseHeaders(200, text.length);
        exchange.getResponseBody().write(text);
        exchange.close();
    }

    public static void main(String[] words) throws IOException {
        int port = Integer.parseInt(System.getenv("PORT"));
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 50);
        server.createContext("/", Gallery::answer);
        server.start();
    }
}
