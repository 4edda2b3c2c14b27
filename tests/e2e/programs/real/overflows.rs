// Its main thread's stack overflows, or that of another thread: overflows [thread]
fn deeper(n: u64) -> u64 {
    let room = [n; 64];
    if n == u64::MAX {
        return 0;
    }
    deeper(n + 1) + std::hint::black_box(&room)[(n % 64) as usize]
}

fn main() {
    println!("begins");
    if std::env::args().count() > 1 {
        let work = std::thread::Builder::new().name("worker".into()).spawn(|| deeper(1));
        println!("{}", work.unwrap().join().unwrap());
    } else {
        println!("{}", deeper(1));
    }
}
