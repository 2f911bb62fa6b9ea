import NIOCore

/// Runs a task where its connection lives: what reads and writes a connection again and again is then
/// not handed from thread to thread each time. Nothing may block there.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ channel: any Channel) { loop = channel.eventLoop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
