//! Lines of the table: a method, its figures, and the interval of ours minus the rival.

use super::metrics::{Figures, interval, mean};

/// Prints one task: `ours` first, then the rivals with the 95 % interval of the difference to ours.
pub fn ranked(title: &str, ours: &[Figures], rivals: &[(String, Vec<Figures>)]) {
    println!("\n{title}");
    println!("{:<44} {:>8} {:>8} {:>8}   ours minus it, 95 % interval: recall, ndcg", "", "R@10", "N@10", "hit@10");
    println!("{:<44} {}", "ours", figures(ours));
    for (name, rival) in rivals {
        let pick = |of: fn(&Figures) -> f64| {
            interval(&ours.iter().map(of).collect::<Vec<_>>(), &rival.iter().map(of).collect::<Vec<_>>())
        };
        let (recall, ndcg) = (pick(|figures| figures.recall), pick(|figures| figures.ndcg));
        println!(
            "{name:<44} {}   [{:+.4}, {:+.4}] [{:+.4}, {:+.4}]",
            figures(rival),
            recall.0,
            recall.1,
            ndcg.0,
            ndcg.1
        );
    }
}

fn figures(all: &[Figures]) -> String {
    format!("{:>8.4} {:>8.4} {:>8.4}", mean(all, |one| one.recall), mean(all, |one| one.ndcg), mean(all, |one| one.hit))
}
