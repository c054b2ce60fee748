"""Simulation: what a change of rules would have meant for the cases of the past."""

from flow.simulation.comparison import Changed, Simulation, Sum
from flow.simulation.replay import Hints, Outcome, Unfit, replay
from flow.simulation.trial import simulate
from flow.simulation.words import simulation_chart, simulation_numbers, simulation_words

__all__ = [
    "Changed", "Hints", "Outcome", "Simulation", "Sum", "Unfit", "replay", "simulate", "simulation_chart",
    "simulation_numbers", "simulation_words",
]  # fmt: skip
