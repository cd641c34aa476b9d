def learn(child):
    return child.asks()
