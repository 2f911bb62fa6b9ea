import Foundation
import Glibc

/// Real mounts, for root on a system that allows them.
enum Mounting {
    static let isPossible: Bool = {
        guard geteuid() == 0 else { return false }
        let place = "/tmp/evidock-mount-\(getpid())"
        guard mkdir(place, 0o755) == 0 else { return false }
        defer { rmdir(place) }
        guard run("/bin/mount", ["-t", "tmpfs", "none", place]) else { return false }
        return run("/bin/umount", [place])
    }()

    @discardableResult
    static func run(_ program: String, _ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    struct CannotMount: Error {}

    static func withTmpfs(
        at place: String, options: String = "size=1m", _ body: () throws -> Void
    ) throws {
        guard run("/bin/mount", ["-t", "tmpfs", "-o", options, "none", place]) else {
            throw CannotMount()
        }
        defer { run("/bin/umount", ["-l", place]) }
        try body()
    }
}

/// Runs something as a user who owns nothing, on a thread of its own.
enum OtherUser {
    private final class Job {
        let body: () -> Void
        init(_ body: @escaping () -> Void) { self.body = body }
    }

    static func run<Value>(_ body: @escaping () throws -> Value) throws -> Value {
        var outcome: Result<Value, any Error>?
        let job = Job {
            // setresuid(3) of the C library would change every thread; the bare system call
            // changes the calling one, and takes root's rights over files from it.
            #if arch(x86_64)
                let number = 117
            #else
                let number = 147
            #endif
            typealias Call = @convention(c) (Int, Int, Int, Int) -> Int
            guard let symbol = dlsym(nil, "syscall"),
                unsafeBitCast(symbol, to: Call.self)(number, 65_534, 65_534, 65_534) == 0
            else { return }
            outcome = Result { try body() }
        }
        let held = Unmanaged.passRetained(job)
        var thread = pthread_t()
        let number = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, held.toOpaque())
        guard number == 0 else {
            held.release()
            throw Mounting.CannotMount()
        }
        pthread_join(thread, nil)
        guard let outcome else { throw Mounting.CannotMount() }
        return try outcome.get()
    }
}
