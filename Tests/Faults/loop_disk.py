"""A file system in an image of its own, whose power can be cut."""

import errno
import os
import subprocess

import bench


class LoopDisk:
    """An ext4 or xfs image on a loop device, mounted at `path`."""

    def __init__(self, work, kind, megabytes=320, name="disk"):
        bench.need_root()
        bench.need(f"mkfs.{kind}", "losetup", "mount", "xfs_io")
        self.work, self.kind = work, kind
        self.image = os.path.join(work.place, f"{name}.{kind}")
        self.path = os.path.join(work.place, f"{name}-{kind}")
        os.makedirs(self.path)
        with open(self.image, "wb") as file:
            file.truncate(megabytes * bench.MIB)
        quick = ["-q", "-E", "lazy_itable_init=0"] if kind == "ext4" else ["-q"]
        bench.call(f"mkfs.{kind}", *quick, self.image)
        found = bench.call("losetup", "--show", "-f", self.image, check=False)
        if found.returncode != 0:
            raise bench.Skipped("no loop device: " + found.stdout.decode().strip())
        self.device = found.stdout.decode().strip()
        # The device may still be read-only from whoever used it last.
        bench.call("blockdev", "--setrw", self.device, check=False)
        self.mounted = False
        work.cleaning.callback(self.discard)
        self.mount()

    def mount(self):
        mounted = bench.call("mount", "-t", self.kind, self.device, self.path, check=False)
        if mounted.returncode != 0:
            raise bench.Skipped(f"cannot mount {self.kind}: {mounted.stdout.decode().strip()}")
        self.mounted = True

    def unmount(self):
        if self.mounted:
            for _ in range(50):
                if bench.call("umount", self.path, check=False).returncode == 0:
                    self.mounted = False
                    return
                bench.time.sleep(0.1)
            bench.call("umount", "-l", self.path, check=False)
            self.mounted = False

    def cut(self, flush_log):
        """The power goes: nothing more reaches the disk. `flush_log`: metadata in the journal
        still does (`shutdown -f`)."""
        word = "shutdown -f" if flush_log else "shutdown"
        return subprocess.Popen(["xfs_io", "-x", "-c", word, self.path],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def is_dead(self):
        """Whether the disk answers EIO to who wants to write."""
        try:
            os.close(os.open(self.path + "/probe", os.O_CREAT | os.O_WRONLY))
        except OSError as error:
            return error.errno in (errno.EIO, errno.EROFS, errno.ESHUTDOWN)
        return False

    def power_on(self):
        """Mounted again, its journal replayed."""
        self.unmount()
        # Where something else still holds the dead file system (another mount namespace has a
        # copy of the mount), mounting the device again would give the dead one: take a copy.
        name = f"/sys/fs/{self.kind}/{os.path.basename(self.device)}"
        if not bench.wait_until(lambda: not os.path.exists(name), 2):
            copy = self.image + "+"
            bench.call("cp", "--sparse=always", self.image, copy)
            bench.call("losetup", "-d", self.device, check=False)
            os.remove(self.image)
            self.image = copy
            self.device = bench.call("losetup", "--show", "-f", copy).stdout.decode().strip()
        self.mount()

    def discard(self):
        self.unmount()
        bench.call("losetup", "-d", self.device, check=False)


