package dev.forebay.ops.faults.world;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A network between a client and a server on the loopback interface, which can be as bad as a real
 * one. Safe for any thread.
 */
public final class TcpProxy implements AutoCloseable {

  /** How the network is now. */
  public enum Mode {
    /** As it should be. */
    OPEN,
    /** Connections end, new ones are refused. */
    CUT,
    /** Connections are accepted; nothing is carried either way, and nobody is told. */
    HALF_OPEN,
    /** The server hears the client, the client does not hear the server. */
    NO_ANSWERS,
    /** Everything is late by {@link #DELAY_MILLIS}. */
    SLOW
  }

  /** How late things are in a slow network. */
  public static final int DELAY_MILLIS = 150;

  private static final int BUFFER = 16 * 1024;

  private final ServerSocket listener;
  private final String serverHost;
  private final int serverPort;
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private final Set<Link> forgotten = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private Mode mode = Mode.OPEN;
  private boolean closed;

  /** A connection of a client, and ours to the server. */
  private record Link(Socket client, Socket server) {
    void end() {
      abort(client);
      abort(server);
    }

    /** With a reset: what is under way is lost, as in a network that failed. */
    private static void abort(Socket socket) {
      try {
        socket.setSoLinger(true, 0);
        socket.close();
      } catch (IOException e) {
        // It is gone already.
      }
    }
  }

  /** Starts to listen on a free port of the loopback interface. */
  public TcpProxy(String name, String serverHost, int serverPort) throws IOException {
    this.serverHost = serverHost;
    this.serverPort = serverPort;
    this.listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name(name + "-proxy").start(this::accept);
  }

  /** Where clients connect. */
  public int port() {
    return listener.getLocalPort();
  }

  /**
   * Changes the network. What stood still is not carried on: its connections end, so that nothing
   * arrives long after it was sent.
   */
  public void set(Mode next) {
    lock.lock();
    try {
      boolean stood = mode == Mode.HALF_OPEN || mode == Mode.NO_ANSWERS;
      mode = next;
      if (next == Mode.CUT || stood) {
        endAll();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Lets the network forget the connections there are: nobody is told, new ones work. */
  public void forgetConnections() {
    forgotten.addAll(links);
  }

  private void endAll() {
    links.forEach(Link::end);
    links.clear();
    forgotten.clear();
  }

  private void accept() {
    while (true) {
      Socket client;
      try {
        client = listener.accept();
      } catch (IOException e) {
        return;
      }
      Thread.ofVirtual().start(() -> link(client));
    }
  }

  private void link(Socket client) {
    Socket server = new Socket();
    Link link = new Link(client, server);
    try {
      if (!admit(link)) {
        link.end();
        return;
      }
      server.connect(new InetSocketAddress(serverHost, serverPort));
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      Thread.ofVirtual().start(() -> carry(link, client, server, true));
      carry(link, server, client, false);
    } catch (IOException e) {
      link.end();
      links.remove(link);
    }
  }

  private boolean admit(Link link) {
    lock.lock();
    try {
      return !closed && mode != Mode.CUT && links.add(link);
    } finally {
      lock.unlock();
    }
  }

  private void carry(Link link, Socket from, Socket to, boolean toServer) {
    byte[] buffer = new byte[BUFFER];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int read = in.read(buffer);
      while (read >= 0) {
        awaitPassage(link, toServer);
        out.write(buffer, 0, read);
        read = in.read(buffer);
      }
    } catch (IOException e) {
      // One side is gone, and so is the other.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!forgotten.contains(link)) {
      link.end();
    }
    links.remove(link);
  }

  private void awaitPassage(Link link, boolean toServer) throws IOException, InterruptedException {
    boolean slow;
    lock.lock();
    try {
      while (isStanding(link, toServer)) {
        changed.await();
      }
      if (!links.contains(link)) {
        throw new IOException("the network has failed");
      }
      slow = mode == Mode.SLOW;
    } finally {
      lock.unlock();
    }
    if (slow) {
      Thread.sleep(DELAY_MILLIS);
    }
  }

  private boolean isStanding(Link link, boolean toServer) {
    return links.contains(link)
        && (forgotten.contains(link)
            || mode == Mode.HALF_OPEN
            || (mode == Mode.NO_ANSWERS && !toServer));
  }

  @Override
  public void close() throws IOException {
    listener.close();
    lock.lock();
    try {
      closed = true;
      endAll();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
